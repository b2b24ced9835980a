import type { Id, QueueDoc, Rec } from '$lib/api/types';

export interface QueueNode {
  /** Missing where the name stands between two queues without being one. */
  id?: Id;
  name: string;
  path: string;
  depth: number;
}

/** Queues as a flat tree: "Service desk::Hardware" lies under "Service desk". */
export function queueTree(queues: Rec<QueueDoc>[]): QueueNode[] {
  let byPath = new Map<string, Id | undefined>();
  for (let queue of queues) {
    let parts = queue.document.name.split('::');
    for (let depth = 1; depth < parts.length; depth += 1) {
      let path = parts.slice(0, depth).join('::');
      if (!byPath.has(path)) byPath.set(path, undefined);
    }
    byPath.set(queue.document.name, queue.id);
  }
  return [...byPath]
    .map(([path, id]) => {
      let parts = path.split('::');
      return { id, path, name: parts.at(-1) ?? path, depth: parts.length - 1 };
    })
    .sort((a, b) => a.path.localeCompare(b.path));
}
