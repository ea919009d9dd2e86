import { messageOf, ServiceError, type Tracer } from '@weft/core';
import type { RequestContext } from '@weft/service';

interface UserById {
  getUser(id: string): Promise<unknown>;
}

/** The handler of the seed's mesh sample; the mesh itself waits in PENDING.md. */
export class TracedUserController {
  constructor(
    private readonly tracer: Tracer,
    private readonly userService: UserById,
  ) {}

  /** Handler of `GET /users/:id`. */
  async getUser({ params: { id = '' }, json }: RequestContext) {
    const span = this.tracer.startSpan('get_user');
    span.setTag('service', 'user-service').setTag('method', 'GET').setTag('user_id', id);
    try {
      return json(await this.userService.getUser(id));
    } catch (error) {
      span.setTag('error', true).logKV('error', messageOf(error));
      throw new ServiceError(404, 'User not found');
    } finally {
      span.finish();
    }
  }
}
