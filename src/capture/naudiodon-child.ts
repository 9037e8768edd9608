/**
 * The program of the process in which naudiodon runs: what it prints, the threads that it blocks and its
 * crashes stay there. It's text, not a file of its own, so that it works wherever this package is bundled to.
 *
 * It's told what to open by a message, and tells `ready`, or `failed` and why. Sound goes over file descriptor 3:
 *
 * - of a microphone, to us: for each piece its length in bytes (32 bits) and the time at which it came in
 *   microseconds (a double of 64), little-endian, then the samples;
 * - of a speaker, to the child: samples; and to us: how many bytes (32 bits) naudiodon has taken, each time.
 */
export const NAUDIODON_CHILD = `
'use strict';
const { Socket } = require('node:net');
const { basename } = require('node:path');
// Not at the end of its stream of sound: who kills us wants us gone, who died can't say so.
process.on('disconnect', () => process.exit());
const MOST_WAITING = 2 ** 20;
const tell = (message) => { if (process.connected) process.send(message, () => {}); };
const timeUs = () => Number(process.hrtime.bigint() / 1000n);
const deviceId = (naudiodon, { device, direction }) => {
  if (device === undefined) return -1;
  const channels = direction === 'microphone' ? 'maxInputChannels' : 'maxOutputChannels';
  const devices = naudiodon.getDevices().filter((one) => one[channels] > 0);
  const found = devices.find(({ name }) => name === device);
  if (found) return found.id;
  // It would take the default one instead of an id that isn't there, and knows none of PulseAudio's.
  const pulse = devices.find(({ name }) => name === 'pulse');
  if (!pulse) {
    const names = devices.map(({ name }) => name).join(', ') || 'none';
    throw new Error('there is no such device; there are: ' + names);
  }
  process.env[direction === 'microphone' ? 'PULSE_SOURCE' : 'PULSE_SINK'] = device;
  return pulse.id;
};
const start = (request) => {
  const { direction, sampleRate, channels, blockSamples } = request;
  const naudiodon = require(request.module);
  const options = {
    channelCount: channels, sampleFormat: 16, sampleRate,
    deviceId: deviceId(naudiodon, request), closeOnError: false, framesPerBuffer: blockSamples,
    highwaterMark: blockSamples * channels * 2, maxQueue: direction === 'microphone' ? 20 : 2,
  };
  const pipe = new Socket({ fd: 3, readable: true, writable: true });
  pipe.on('error', () => process.exit());
  const io = new naudiodon.AudioIO(
    direction === 'microphone' ? { inOptions: options } : { outOptions: options });
  const lost = (error) => {
    tell({ type: 'failed', message: error ? String(error.message || error) : 'the device ended' });
    setTimeout(() => process.exit(), 100);
  };
  io.on('error', lost);
  io.on('close', () => lost());
  if (direction === 'microphone') {
    io.on('data', (samples) => {
      const header = Buffer.alloc(12);
      header.writeUInt32LE(samples.length, 0);
      header.writeDoubleLE(timeUs(), 4);
      // Who doesn't read for ten seconds gets what comes then.
      if (pipe.writableLength > MOST_WAITING) return;
      pipe.cork();
      pipe.write(header);
      pipe.write(samples);
      pipe.uncork();
    });
  } else {
    let rest = Buffer.alloc(0);
    pipe.on('data', (bytes) => {
      const all = Buffer.concat([rest, bytes]);
      const samples = all.subarray(0, all.length - (all.length % (2 * channels)));
      rest = all.subarray(samples.length);
      if (samples.length === 0) return;
      pipe.pause();
      io.write(samples, () => {
        const taken = Buffer.alloc(4);
        taken.writeUInt32LE(samples.length, 0);
        pipe.write(taken);
        pipe.resume();
      });
    });
  }
  io.start();
  tell({ type: 'ready' });
};
process.once('message', (request) => {
  try {
    start(request);
  } catch (error) {
    const broken = error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_DLOPEN_FAILED');
    tell({ type: 'failed', broken, message: String(error && error.message || error).split('\\n')[0] });
    setTimeout(() => process.exit(), 100);
  }
});
`;
