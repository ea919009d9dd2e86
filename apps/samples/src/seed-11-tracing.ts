import { messageOf, ServiceError, type Span, type Tracer } from '@weft/core';
import { type CreateOptions, createTracer, type OwnedTracer } from '@weft/host';
import type { RequestContext } from '@weft/service';

/** Records a tenth of the traces, and reports them to Jaeger. */
export function createUserTracer(options: CreateOptions = {}): Promise<OwnedTracer> {
  const reporter = { type: 'jaeger', url: 'http://localhost:14268/api/traces' };
  return createTracer({ serviceName: 'user-service', sampler: 0.1, reporter }, options);
}

interface UserCreation {
  validate(data: unknown): Promise<void>;
  createUser(data: unknown): Promise<{ readonly id: string }>;
}

/** A root span for the whole request, a child for each of its steps. */
export class CreateUserController {
  constructor(
    private readonly tracer: Tracer,
    private readonly users: UserCreation,
  ) {}

  /** Handler of `POST /users`. */
  async createUser({ method, path, body, json }: RequestContext) {
    const span = this.tracer.startSpan('create_user');
    span.setTag('http.method', method).setTag('http.url', path);
    try {
      await this.inSpan('validate_user', span, new ServiceError(422, 'Validation failed'), () => this.users.validate(body));
      const user = await this.inSpan('save_user', span, new ServiceError(500, 'Failed to create user'), async (saveSpan) => {
        const saved = await this.users.createUser(body);
        saveSpan.setTag('user_id', saved.id);
        return saved;
      });
      return json(user, { status: 201 });
    } finally {
      span.finish();
    }
  }

  /** Does one step in a span of its own, which ends on every path. */
  private async inSpan<T>(name: string, parent: Span, failure: ServiceError, step: (span: Span) => Promise<T>): Promise<T> {
    const span = this.tracer.startSpan(name, parent);
    try {
      return await step(span);
    } catch (error) {
      span.setTag('error', true).logKV('error', messageOf(error));
      throw failure;
    } finally {
      span.finish();
    }
  }
}
