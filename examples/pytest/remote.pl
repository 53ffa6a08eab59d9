#!/usr/bin/perl
# Tells a camera's model and takes a picture, with nothing but Perl's own modules.
#   perl remote.pl http://10.0.0.1:64321/DmsRmtDesc.xml PICTURE.JPG
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;

my ($description_url, $file) = @ARGV;
my $http = HTTP::Tiny->new(timeout => 30);

sub get {
    my $answer = $http->get($_[0]);
    die "$_[0]: $answer->{status} $answer->{reason}\n" unless $answer->{success};
    return $answer->{content};
}

my $description = get($description_url);
my ($model) = $description =~ m{<friendlyName>([^<]+)<};
my ($base)  = $description =~ m{<av:X_ScalarWebAPI_ActionList_URL>([^<]+)<};

sub call {
    my ($method, @params) = @_;
    my $body = encode_json({method => $method, params => \@params, id => 1, version => "1.0"});
    my $answer = decode_json($http->post("$base/camera", {content => $body})->{content});
    die "$method: @{$answer->{error}}\n" if $answer->{error};
    return $answer->{result};
}

my $url = call("actTakePicture")->[0][0];
open my $out, ">:raw", $file or die "$file: $!\n";
print {$out} get($url);
close $out;
print "$model $url\n";
