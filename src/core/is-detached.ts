/**
 * Whether the memory of a view is gone: transferred away, or made so small that the view lies outside of it.
 * Node 20 has no `ArrayBuffer.detached`.
 */
export function isDetached(view: Uint8Array | Int16Array | Float32Array): boolean {
  if (view.byteLength > 0) return false;
  try {
    // Every method of a view's refuses such a one, where its sizes are just 0.
    view.keys();
    return false;
  } catch {
    return true;
  }
}
