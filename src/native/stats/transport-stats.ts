// What WebRTC tells of a connection and of the ways it found through the network.

import type { RtcStatsEntry } from './stats-entry.js';

/** A connection to the server as a whole. */
export interface RtcPeerConnectionStats extends RtcStatsEntry {
  readonly type: 'peer-connection';
  /** Data channels that were opened. */
  readonly dataChannelsOpened: number;
  /** Data channels that were closed again. */
  readonly dataChannelsClosed: number;
}

/** One of the channels that data, text and RPC go by. */
export interface RtcDataChannelStats extends RtcStatsEntry {
  readonly type: 'data-channel';
  /** LiveKit's name of it, such as `_reliable`. */
  readonly label?: string;
  /** The protocol within it. */
  readonly protocol?: string;
  /** Its number. */
  readonly dataChannelIdentifier: number;
  /** Whether it can be used. */
  readonly state?: 'connecting' | 'open' | 'closing' | 'closed';
  /** Messages that were sent. */
  readonly messagesSent: number;
  /** Bytes of them. */
  readonly bytesSent: number;
  /** Messages that came. */
  readonly messagesReceived: number;
  /** Bytes of them. */
  readonly bytesReceived: number;
}

/** What carries the packets, and keeps them secret. */
export interface RtcTransportStats extends RtcStatsEntry {
  readonly type: 'transport';
  /** Packets that were sent. */
  readonly packetsSent: number;
  /** Packets that came. */
  readonly packetsReceived: number;
  /** Bytes that were sent, headers of media included. */
  readonly bytesSent: number;
  /** Bytes that came, headers of media included. */
  readonly bytesReceived: number;
  /** Who chooses the way: `controlling` or the other. */
  readonly iceRole: 'unknown' | 'controlling' | 'controlled';
  /** What our side signs its checks of the way with. */
  readonly iceLocalUsernameFragment?: string;
  /** How far the handshake for secrecy is. */
  readonly dtlsState?: 'new' | 'connecting' | 'connected' | 'closed' | 'failed';
  /** How far the search for a way is. */
  readonly iceState?:
    'new' | 'checking' | 'connected' | 'completed' | 'disconnected' | 'failed' | 'closed';
  /** The `candidate-pair` entry in use. */
  readonly selectedCandidatePairId?: string;
  /** The `certificate` entry of ours. */
  readonly localCertificateId?: string;
  /** The `certificate` entry of the server's. */
  readonly remoteCertificateId?: string;
  /** The version of the handshake, as four hexadecimal digits. */
  readonly tlsVersion?: string;
  /** What encrypts the data channels. */
  readonly dtlsCipher?: string;
  /** Which end of the handshake we are. */
  readonly dtlsRole: 'client' | 'server' | 'unknown';
  /** What encrypts media. */
  readonly srtpCipher?: string;
  /** How often another way was chosen. */
  readonly selectedCandidatePairChanges: number;
}

/** A way through the network: an address of ours and one of the server's. */
export interface RtcIceCandidatePairStats extends RtcStatsEntry {
  readonly type: 'candidate-pair';
  /** The `transport` entry that it's for. */
  readonly transportId?: string;
  /** The `local-candidate` entry. */
  readonly localCandidateId: string;
  /** The `remote-candidate` entry. */
  readonly remoteCandidateId: string;
  /** How far its checks are. */
  readonly state?: 'frozen' | 'waiting' | 'in-progress' | 'failed' | 'succeeded';
  /** Whether the controlling side wants it used. */
  readonly nominated: boolean;
  /** Packets that were sent. */
  readonly packetsSent: number;
  /** Packets that came. */
  readonly packetsReceived: number;
  /** Bytes that were sent. */
  readonly bytesSent: number;
  /** Bytes that came. */
  readonly bytesReceived: number;
  /** When the last packet was sent: milliseconds since 1970. */
  readonly lastPacketSentTimestamp: number;
  /** When the last packet came: milliseconds since 1970. */
  readonly lastPacketReceivedTimestamp: number;
  /** Seconds there and back, summed over `responsesReceived`. */
  readonly totalRoundTripTime: number;
  /** Seconds there and back, the last time measured. */
  readonly currentRoundTripTime: number;
  /** Bits a second for which there seems to be room to the server; 0 if unknown. */
  readonly availableOutgoingBitrate: number;
  /** Bits a second for which there seems to be room from the server; 0 if unknown. */
  readonly availableIncomingBitrate: number;
  /** Checks that came. */
  readonly requestsReceived: number;
  /** Checks that were sent, before the first answer. */
  readonly requestsSent: number;
  /** Answers that came. */
  readonly responsesReceived: number;
  /** Answers that were sent. */
  readonly responsesSent: number;
  /** Checks that were sent to ask whether we still may. */
  readonly consentRequestsSent: number;
  /** Packets that could not be sent. */
  readonly packetsDiscardedOnSend: number;
  /** Bytes of them. */
  readonly bytesDiscardedOnSend: number;
}

/** An address that packets can be sent to. */
export interface RtcIceCandidateStats extends RtcStatsEntry {
  /** The `transport` entry that it's for. */
  readonly transportId?: string;
  /** IP address, if it isn't kept secret. */
  readonly address?: string;
  /** Port. */
  readonly port: number;
  /** `udp` or `tcp`. */
  readonly protocol: string;
  /** How it was found: on the machine, by a STUN server, by a packet that came, or a TURN server's. */
  readonly candidateType?: 'host' | 'srflx' | 'prflx' | 'relay';
  /** How much it's preferred, in ICE's numbers. */
  readonly priority: number;
  /** The server that it was found by. */
  readonly url?: string;
  /** How a TURN server is reached. */
  readonly relayProtocol?: 'udp' | 'tcp' | 'tls';
  /** The same for candidates of one kind, place and server. */
  readonly foundation?: string;
  /** The address behind this one, for those found by a server. */
  readonly relatedAddress?: string;
  /** The port behind this one; 0 if there is none. */
  readonly relatedPort: number;
  /** What checks of it are signed with. */
  readonly usernameFragment?: string;
  /** Who connects, for TCP. */
  readonly tcpType?: 'active' | 'passive' | 'so';
}

/** An address of ours. */
export interface RtcLocalIceCandidateStats extends RtcIceCandidateStats {
  readonly type: 'local-candidate';
}

/** An address of the server's. */
export interface RtcRemoteIceCandidateStats extends RtcIceCandidateStats {
  readonly type: 'remote-candidate';
}

/** By what one of the two sides is known to the other. */
export interface RtcCertificateStats extends RtcStatsEntry {
  readonly type: 'certificate';
  /** Its fingerprint. */
  readonly fingerprint: string;
  /** How that was made, such as `sha-256`. */
  readonly fingerprintAlgorithm: string;
  /** The certificate itself. */
  readonly base64Certificate: string;
  /** The `certificate` entry of who issued it. */
  readonly issuerCertificateId?: string;
}
