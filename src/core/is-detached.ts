/** Whether the memory of a view was transferred away. Node 20 has no `ArrayBuffer.detached`. */
export function isDetached(view: Uint8Array | Int16Array | Float32Array): boolean {
  if (view.byteLength > 0) return false;
  try {
    new DataView(view.buffer);
    return false;
  } catch {
    return true;
  }
}
