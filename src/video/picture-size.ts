/** How large pictures are, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}
