"""Tests of the Camera Remote API's codecs, from recordings of real cameras."""
