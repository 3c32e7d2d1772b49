/** Keys by the time they are due: a binary heap, earliest first. */
export class Deadlines {
  private readonly heap: { readonly due: number; readonly key: string }[] = [];

  add(due: number, key: string): void {
    const { heap } = this;
    let at = heap.push({ due, key }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.due <= heap[at]!.due) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  /** What is due first. */
  get first(): { readonly due: number; readonly key: string } | undefined {
    return this.heap[0];
  }

  /** Removes and returns the key due first, if that is before a time. */
  take(before: number): string | undefined {
    const { heap } = this;
    const first = heap[0];
    if (!first || first.due >= before) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.sink();
    }
    return first.key;
  }

  private sink(): void {
    const { heap } = this;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && heap[child]!.due < heap[least]!.due) least = child;
      }
      if (least === at) return;
      [heap[least], heap[at]] = [heap[at]!, heap[least]!];
      at = least;
    }
  }
}
