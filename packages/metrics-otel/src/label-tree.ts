import type { Labels } from '@weft/core';

/**
 * Finds what belongs to a set of labels without building a key: one step per label, by its name and then by its value.
 * Label objects are made anew for each observation; to join their values into a text, and to hash that, takes four times
 * as long. Labels in another order are another way through the tree, which may end at the same leaf.
 */
export class LabelTree<Leaf> {
  #leaf: Leaf | undefined;
  /** The label whose values lead on from here; other labels at the same place stand in `#sibling`. */
  #name: string | undefined;
  #sibling: LabelTree<Leaf> | undefined;
  /** The first value, without a map: most labels of most metrics have one value only. */
  #value: unknown;
  #next: LabelTree<Leaf> | undefined;
  #others: Map<unknown, LabelTree<Leaf>> | undefined;

  /** What `add` has put there, if anything. */
  find(labels: Labels | undefined): Leaf | undefined {
    let tree: LabelTree<Leaf> | undefined = this;
    for (const name in labels) {
      while (tree.#name !== name) {
        tree = tree.#sibling;
        if (!tree) return undefined;
      }
      tree = tree.#child(labels[name]);
      if (!tree) return undefined;
    }
    return tree.#leaf;
  }

  /** Puts `leaf` where `find` looks for it. */
  add(labels: Labels | undefined, leaf: Leaf): void {
    let tree: LabelTree<Leaf> = this;
    for (const name in labels) {
      tree.#name ??= name;
      while (tree.#name !== name) tree = tree.#sibling ??= LabelTree.#of(name);
      tree = tree.#child(labels[name]) ?? tree.#grow(labels[name]);
    }
    tree.#leaf = leaf;
  }

  #child(value: unknown): LabelTree<Leaf> | undefined {
    return this.#value === value ? this.#next : this.#others?.get(value);
  }

  #grow(value: unknown): LabelTree<Leaf> {
    const tree = new LabelTree<Leaf>();
    if (this.#next) {
      this.#others ??= new Map();
      this.#others.set(value, tree);
    } else {
      this.#value = value;
      this.#next = tree;
    }
    return tree;
  }

  static #of<Leaf>(name: string): LabelTree<Leaf> {
    const tree = new LabelTree<Leaf>();
    tree.#name = name;
    return tree;
  }
}
