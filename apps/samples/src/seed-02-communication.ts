import type { Client } from '@weft/client';
import { ServiceError } from '@weft/core';
import { createClient } from '@weft/host';
import type { RequestContext } from '@weft/service';
import { REGISTRY } from './backend.js';

/** What is ordered, and by whom. */
export interface Order {
  /** Id of the user. */
  readonly userId: number;
  /** What is wanted. */
  readonly items: readonly string[];
}

interface OrderService {
  createOrder(order: Order): Promise<void>;
}

/** The client of one service; each call finds an instance of it. */
export function createUserClient(): Promise<Client> {
  return createClient({ serviceName: 'user-service', registry: REGISTRY });
}

/** Orders are made for users that exist: the user service is asked first. */
export class OrderController {
  constructor(
    private readonly userClient: Client,
    private readonly orderService: OrderService,
  ) {}

  /** Handler of `POST /orders`. */
  async createOrder({ body, json }: RequestContext<Pick<Order, 'items'>>) {
    const options = { timeout: '5s', throwOnStatus: true };
    const userResponse = await this.userClient.call<{ id: number }>('GET', '/users/123', null, options).catch(() => {
      throw new ServiceError(500, 'Failed to get user info');
    });
    const order = { userId: userResponse.data.id, items: body.items };
    await this.orderService.createOrder(order).catch(() => {
      throw new ServiceError(500, 'Failed to create order');
    });
    return json(order, { status: 201 });
  }
}
