"""The method names of a published developer registration, in its order.

A camera compares the whole list, so order and spelling are part of it; `camera/liveview` is no method. Its
SHA-256, names joined with `:`, is e700a8dd3499d86359666df554c3a4e5239d24ed0cd4c898126867be03a46ed2.

Source: protocol/wifi.md 5.9, credential set 2.
"""

from __future__ import annotations

_BY_SERVICE = (
    (
        "avContent",
        """
        deleteContent getContentCount getContentList getSchemeList getSourceList pauseStreaming
        requestToNotifyStreamingStatus seekStreamingPosition setStreamingContent startStreaming
        stopStreaming
        """,
    ),
    (
        "camera",
        """
        actFormatStorage actHalfPressShutter actTakePicture actTrackingFocus
        actWhiteBalanceOnePushCustom actZoom awaitTakePicture cancelHalfPressShutter
        cancelTouchAFPosition cancelTrackingFocus getApplicationInfo getAudioRecording getAutoPowerOff
        getAvailableApiList getAvailableAudioRecording getAvailableAutoPowerOff getAvailableBeepMode
        getAvailableCameraFunction getAvailableColorSetting getAvailableContShootingMode
        getAvailableContShootingSpeed getAvailableExposureCompensation getAvailableExposureMode
        getAvailableFlashMode getAvailableFlipSetting getAvailableFNumber getAvailableFocusMode
        getAvailableInfraredRemoteControl getAvailableIntervalTime getAvailableIsoSpeedRate
        getAvailableLiveviewSize getAvailableLoopRecTime getAvailableMovieFileFormat
        getAvailableMovieQuality getAvailablePostviewImageSize getAvailableSceneSelection
        getAvailableSelfTimer getAvailableShootMode getAvailableShutterSpeed getAvailableSteadyMode
        getAvailableStillQuality getAvailableStillSize getAvailableTrackingFocus
        getAvailableTvColorSystem getAvailableViewAngle getAvailableWhiteBalance
        getAvailableWindNoiseReduction getAvailableZoomSetting getBeepMode getCameraFunction
        getColorSetting getContShootingMode getContShootingSpeed getEvent getExposureCompensation
        getExposureMode getFlashMode getFlipSetting getFNumber getFocusMode getInfraredRemoteControl
        getIntervalTime getIsoSpeedRate getLiveviewFrameInfo getLiveviewSize getLoopRecTime
        getMethodTypes getMovieFileFormat getMovieQuality getPostviewImageSize getSceneSelection
        getSelfTimer getShootMode getShutterSpeed getSteadyMode getStillQuality getStillSize
        getStorageInformation getSupportedAudioRecording getSupportedAutoPowerOff getSupportedBeepMode
        getSupportedCameraFunction getSupportedColorSetting getSupportedContShootingMode
        getSupportedContShootingSpeed getSupportedExposureCompensation getSupportedExposureMode
        getSupportedFlashMode getSupportedFlipSetting getSupportedFNumber getSupportedFocusMode
        getSupportedInfraredRemoteControl getSupportedIntervalTime getSupportedIsoSpeedRate
        getSupportedLiveviewSize getSupportedLoopRecTime getSupportedMovieFileFormat
        getSupportedMovieQuality getSupportedPostviewImageSize getSupportedProgramShift
        getSupportedSceneSelection getSupportedSelfTimer getSupportedShootMode getSupportedShutterSpeed
        getSupportedSteadyMode getSupportedStillQuality getSupportedStillSize getSupportedTrackingFocus
        getSupportedTvColorSystem getSupportedViewAngle getSupportedWhiteBalance
        getSupportedWindNoiseReduction getSupportedZoomSetting getTouchAFPosition getTrackingFocus
        getTvColorSystem getVersions getViewAngle getWhiteBalance getWindNoiseReduction getZoomSetting
        liveview setAudioRecording setAutoPowerOff setBeepMode setCameraFunction setColorSetting
        setContShootingMode setContShootingSpeed setExposureCompensation setExposureMode setFlashMode
        setFlipSetting setFNumber setFocusMode setInfraredRemoteControl setIntervalTime setIsoSpeedRate
        setLiveviewFrameInfo setLiveviewSize setLoopRecTime setMovieFileFormat setMovieQuality
        setPostviewImageSize setProgramShift setSceneSelection setSelfTimer setShootMode setShutterSpeed
        setSteadyMode setStillQuality setStillSize setTouchAFPosition setTrackingFocus setTvColorSystem
        setViewAngle setWhiteBalance setWindNoiseReduction setZoomSetting startAudioRec
        startContShooting startIntervalStillRec startLiveview startLiveviewWithSize startLoopRec
        startMovieRec startRecMode stopAudioRec stopContShooting stopIntervalStillRec stopLiveview
        stopLoopRec stopMovieRec stopRecMode
        """,
    ),
    (
        "system",
        """
        setCurrentTime
        """,
    ),
)

RUBBER_DUCK_METHODS: tuple[str, ...] = tuple(
    f"{service}/{name}" for service, names in _BY_SERVICE for name in names.split()
)
