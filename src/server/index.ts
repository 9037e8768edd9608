export { LiveKitServer, startLiveKitServer, type LiveKitServerExit } from './livekit-server.js';
export {
  SERVER_LOG_LEVELS,
  type LiveKitServerOptions,
  type ServerLogLevel,
} from './server-options.js';
export { LIVEKIT_SERVER_VERSION } from './server-version.js';
export { FramewireError, type FramewireErrorCode } from '../core/errors.js';
export type { ProgressListener, ServerProgress } from './progress.js';
export type { ServerConfig, ServerConfigValue } from './server-config.js';
