import type { PageNews } from '../src/cli/demo/page/page-news.js';

const RETRY_MS = 2_000;

/** What comes of listening to the demo. */
export interface NewsListener {
  readonly onNews: (news: PageNews) => void;
  /** The demo has ended, and said so. */
  readonly onEnd: () => void;
  /** The demo can't be reached, or can be again. */
  readonly onReached: (reached: boolean) => void;
}

/** Listens to what the demo tells, and asks again as long as it's not there. */
export function listenToNews(listener: NewsListener): void {
  const source = new EventSource('news');
  source.addEventListener('open', () => listener.onReached(true));
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    listener.onNews(JSON.parse(data) as PageNews);
  });
  source.addEventListener('end', () => {
    listener.onEnd();
  });
  source.addEventListener('error', () => {
    listener.onReached(false);
    // It asks again by itself, unless it was refused.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listenToNews(listener), RETRY_MS);
  });
}
