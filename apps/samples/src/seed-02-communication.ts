import type { Client } from '@weft/client';
import { ServiceError } from '@weft/core';
import { createClient } from '@weft/host';
import type { RequestContext } from '@weft/service';
import { REGISTRY } from './backend.js';

export interface Order {
  readonly userId: number;
  readonly items: readonly string[];
}

export interface OrderService {
  createOrder(order: Order): Promise<void>;
}

/** The client of one service; each call finds an instance of it. */
export function createUserClient(): Promise<Client> {
  return createClient({ serviceName: 'user-service', registry: REGISTRY });
}

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
