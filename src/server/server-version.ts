/** The version of the LiveKit server that is built, or run in a container. */
export const LIVEKIT_SERVER_VERSION = 'v1.13.3';
