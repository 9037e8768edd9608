// Stands in for the npm package naudiodon, of which it has the parts that are used and the habits that hurt: it
// prints, takes the default device for one that isn't there, and falls silent without a word. What its devices do
// is told by their names.

const { Readable, Writable } = require('node:stream');

process.stdout.write('PortAudio V19.6.0-devel, revision unknown\n');
process.stderr.write('ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM dmix\n');

const NAMES = ['steady', 'falls silent', 'crashes', 'ends', 'refuses', 'slow', 'pulse'];

exports.getDevices = () =>
  NAMES.map((name, id) => ({ id, name, maxInputChannels: 2, maxOutputChannels: 2 }));

exports.AudioIO = function AudioIO(options) {
  const { deviceId, channelCount, sampleRate, framesPerBuffer } =
    options.inOptions ?? options.outOptions;
  const name = NAMES[deviceId] ?? 'steady';
  if (name === 'refuses') throw new Error('Format not supported: Unanticipated host error');
  if (name === 'pulse' && (process.env.PULSE_SOURCE ?? process.env.PULSE_SINK) !== 'headset') {
    throw new Error('No such entity');
  }
  const blockMs = (framesPerBuffer * 1000) / sampleRate;
  const io = options.inOptions ? input() : output();
  io.quit = () => Promise.resolve();
  return io;

  function input() {
    let blocks = 0;
    const stream = new Readable({ read() {} });
    const give = () => {
      blocks += 1;
      if (blocks > 20) {
        if (name === 'falls silent') return;
        if (name === 'crashes') process.kill(process.pid, 'SIGSEGV');
        if (name === 'ends') return void stream.push(null);
      }
      const samples = new Int16Array(framesPerBuffer * channelCount);
      for (let i = 0; i < samples.length; i++) {
        const at = (blocks * framesPerBuffer + Math.floor(i / channelCount)) / sampleRate;
        samples[i] = 8_000 * Math.sin(2 * Math.PI * 440 * at);
      }
      stream.push(Buffer.from(samples.buffer));
      setTimeout(give, blockMs);
    };
    stream.start = give;
    return stream;
  }

  function output() {
    let taken = 0;
    const stream = new Writable({
      highWaterMark: options.outOptions.highwaterMark,
      write(chunk, _encoding, done) {
        taken += 1;
        if (taken > 20) {
          if (name === 'falls silent') return;
          if (name === 'crashes') process.kill(process.pid, 'SIGSEGV');
        }
        setTimeout(done, (chunk.length * 1000) / (2 * channelCount * sampleRate));
      },
    });
    stream.start = () => undefined;
    return stream;
  }
};
