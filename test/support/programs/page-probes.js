// Put into a page before its own scripts: what a test asks of its videos.

globalThis.probes = {
  /** Resolves when a video shows a picture, and not the few pixels with which a track ends. */
  async shows(selector) {
    const video = document.querySelector(selector);
    do {
      await new Promise((shown) => video.requestVideoFrameCallback(shown));
    } while (video.videoWidth <= 8);
  },

  /** The mean colour of a part of a picture, all in parts of its size. */
  color(selector, { x, y, width, height }) {
    const video = document.querySelector(selector);
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(
      Math.round(x * canvas.width),
      Math.round(y * canvas.height),
      Math.max(1, Math.round(width * canvas.width)),
      Math.max(1, Math.round(height * canvas.height)),
    );
    const sums = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      for (let j = 0; j < 3; j += 1) sums[j] += (data[i + j] * 4) / data.length;
    }
    return sums;
  },

  /** The most of red that a part of a video had, on average, within two seconds. */
  async mostRed(selector, part) {
    const video = document.querySelector(selector);
    const end = performance.now() + 2_000;
    let most = 0;
    while (performance.now() < end) {
      await new Promise((shown) => video.requestVideoFrameCallback(shown));
      most = Math.max(most, globalThis.probes.color(selector, part)[0]);
    }
    return most;
  },

  refuseCamera() {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
  },
};
