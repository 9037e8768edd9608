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

  refuseCamera() {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
  },
};
