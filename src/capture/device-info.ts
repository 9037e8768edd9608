/** One device of {@link DeviceList}. */
export interface DeviceInfo {
  /** What `device` has to be to open it: a path, a name or a number, as the system has it. */
  readonly id: string;
  /** What people call it. It comes from the device: don't take it for the name of anything. */
  readonly label: string;
  /** Whether it's the one that is opened where none is named. At most one of a kind is. */
  readonly isDefault: boolean;
}

/** What a camera can send. */
export interface CameraFormat {
  /** What `inputFormat` has to be: a codec, such as `mjpeg`, or a pixel format of ffmpeg's, such as `yuyv422`. */
  readonly inputFormat: string;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** The most frames a second, where the system says so. */
  readonly maxFps?: number;
}

/** A camera. */
export interface CameraInfo extends DeviceInfo {
  /** What it can send, where the system says so without the camera being switched on. */
  readonly formats?: readonly CameraFormat[];
}

/** How large a screen is. */
export interface ScreenFormat {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** A screen. */
export interface ScreenInfo extends DeviceInfo {
  /** Its size, where the system says so. */
  readonly formats?: readonly ScreenFormat[];
}

/** The samples of a sound card. What is played or recorded is converted. */
export interface SoundFormat {
  /** Samples a second. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** A microphone or a speaker. */
export interface SoundDeviceInfo extends DeviceInfo {
  /** How it runs at present, where the system says so. */
  readonly formats?: readonly SoundFormat[];
}

/** The devices of a system, each list empty where there are none. */
export interface DeviceList {
  /** What `openCamera()` opens. */
  readonly cameras: readonly CameraInfo[];
  /** What `openMicrophone()` opens. */
  readonly microphones: readonly SoundDeviceInfo[];
  /** What `openSpeaker()` opens. */
  readonly speakers: readonly SoundDeviceInfo[];
  /** What `openScreen()` opens. */
  readonly screens: readonly ScreenInfo[];
}

// Characters that would move a terminal's cursor, or worse: USB devices call themselves whatever they like.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A label as it can be shown; the id where there is nothing to show. */
export function shownLabel(label: string, id: string): string {
  return label.replace(UNPRINTABLE, ' ').trim() || id.replace(UNPRINTABLE, ' ').trim();
}
