import { fileURLToPath } from 'node:url';
import { ServiceError } from '@weft/core';
import { createHost } from '@weft/host';
import type { User } from './user-service.js';
import { createUserService } from './user-service.js';

const host = await createHost(fileURLToPath(new URL('../weft.config.yaml', import.meta.url)));
const { service } = host;
if (!service) throw new Error('weft.config.yaml has no service block');
const users = createUserService();

/** The tour breaks one instance on purpose: while this is set, that user, or every user, is answered with that status. */
let fault: { readonly status?: number; readonly user?: string } = {};

service.addHandler('GET /users/:id', async ({ params, log }) => {
  if (fault.status && (fault.user ?? params.id) === params.id) throw new ServiceError(fault.status, 'Broken on purpose');
  const user = await users.getUser(params.id ?? '');
  if (!user) throw new ServiceError(404, 'User not found', `no user with id ${params.id}`);
  log.info('user read', { user: user.id });
  return user;
});

service.addHandler('GET /users', async ({ query }) => users.listUsers(Number(query.page ?? 1), Number(query.limit ?? 20)));

service.addHandler<Omit<User, 'id'>>('POST /users', async ({ body, json }) => {
  if (!body?.name) throw new ServiceError(422, 'Validation failed', 'name is required');
  return json(await users.createUser(body), { status: 201 });
});

service.addHandler<Partial<User>>('PUT /users/:id', async ({ params, body }) => {
  const user = await users.updateUser(params.id ?? '', body ?? {});
  if (!user) throw new ServiceError(404, 'User not found');
  return user;
});

service.addHandler('DELETE /users/:id', async ({ params, json }) => {
  if (!(await users.deleteUser(params.id ?? ''))) throw new ServiceError(404, 'User not found');
  return json(null, { status: 204 });
});

service.addHandler<typeof fault>('PUT /fault', async ({ body }) => {
  fault = body ?? {};
  return fault;
});

service.setHealthCheck({ database: async () => (await users.listUsers(1, 1)).total > 0 });
await host.start();
