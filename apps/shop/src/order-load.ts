import type { Client } from '@weft/client';
import { messageOf, WeftError } from '@weft/core';

/** What became of the orders that were placed. */
export interface OrderOutcome {
  /** Numbers of those that were answered with 201. */
  readonly placed: readonly string[];
  /** Numbers of those of which nobody can tell whether they were carried out. */
  readonly uncertain: readonly string[];
  /** What is known of those that failed otherwise. */
  readonly failures: readonly string[];
}

/** So many customers who place one order after the other, each with a number of its own. */
export class OrderLoad {
  readonly #orders: Client;
  readonly #customers: Promise<void>[];
  readonly #placed: string[] = [];
  readonly #uncertain: string[] = [];
  readonly #failures: string[] = [];
  #count = 0;
  #underWay = 0;
  #isOver = false;

  /** Starts at once. @param orders gives each call up after a finite time */
  constructor(orders: Client, customers: number) {
    this.#orders = orders;
    this.#customers = Array.from({ length: customers }, () => this.#buy());
  }

  /** Orders that are not answered yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Places no new order, and resolves when the last one is answered. */
  async stop(): Promise<OrderOutcome> {
    this.#isOver = true;
    await Promise.all(this.#customers);
    return { placed: this.#placed, uncertain: this.#uncertain, failures: this.#failures };
  }

  async #buy(): Promise<void> {
    while (!this.#isOver) {
      const number = `order-${this.#count++}`;
      this.#underWay++;
      await this.#place(number);
      this.#underWay--;
    }
  }

  async #place(number: string): Promise<void> {
    try {
      const { statusCode } = await this.#orders.post('/orders', { userId: '7', items: ['tea'], number });
      if (statusCode === 201) this.#placed.push(number);
      else this.#failures.push(`${number}: ${statusCode}`);
    } catch (error) {
      if (error instanceof WeftError && error.ambiguous) this.#uncertain.push(number);
      else this.#failures.push(`${number}: ${messageOf(error)}`);
    }
  }
}
