import type { ServiceDiscovery } from '@weft/client';
import { ServiceError } from '@weft/core';
import type { RequestContext } from '@weft/service';

interface OrdersByUser {
  getOrdersByUserId(userId: string): Promise<readonly unknown[]>;
}

/** Finds the user service at each request, and joins the user with what this service knows. */
export class UserOrdersController {
  constructor(
    private readonly serviceDiscovery: ServiceDiscovery,
    private readonly orderService: OrdersByUser,
  ) {}

  /** Handler of `GET /users/:id/orders`. */
  async getUserOrders({ params: { id = '' }, json }: RequestContext) {
    const userService = await this.serviceDiscovery.getService('user-service').catch(() => {
      throw new ServiceError(503, 'User service not available');
    });
    const userResponse = await userService.call('GET', `/users/${id}`, null, { throwOnStatus: true }).catch(() => {
      throw new ServiceError(500, 'Failed to get user');
    });
    const orders = await this.orderService.getOrdersByUserId(id).catch(() => {
      throw new ServiceError(500, 'Failed to get orders');
    });
    return json({ user: userResponse.data, orders });
  }
}
