import { figure } from './table.mjs';

/** The stages of a received frame on the event loop, in order, and what happens in each. */
export const STAGES = {
  decode: 'the wire reader reads the event: some 110 bytes, in place',
  route: "the stream's handle finds the stream",
  queue: 'statistics, `fps` and the limits; the frame goes into the queue, and the reader is due',
  return: 'back to the native side',
  wake: 'the event loop goes to its next phase; the oldest frame leaves the queue',
  deliver: 'the `VideoFrame` is made',
  resume: "`next()` resolves, and the loop's body begins",
  borrow: '`borrow()`: a view, and its end; on Node 20 a copy of 3.1 MB',
  copy: 'the first `data`: a copy of 3.1 MB',
  close: '`close()`: the handle is dropped, and the copy goes back to the pool',
  all: '**all of it**, with `borrow()` and `data` both',
};

/** The table of stages in docs/life-of-a-frame.md. */
export function stagesTable(rows, nodes) {
  const of = (stage, node) =>
    rows.find((row) => row.bench === 'stages' && row.stage === stage && row.node === node);
  const measured = nodes.filter((node) => of('all', node));
  const titles = measured.map((node) => `Node ${node.split('.')[0]}`);
  const lines = Object.entries(STAGES).map(([stage, what]) => {
    const figures = measured.map((node) => `${figure(of(stage, node).values.framewire)} µs`);
    return `| ${[stage === 'all' ? '' : stage, what, ...figures].join(' | ')} |`;
  });
  return [
    `| ${['stage', 'what happens', ...titles].join(' | ')} |`,
    `| --- | --- |${' --: |'.repeat(titles.length)}`,
    ...lines,
  ].join('\n');
}
