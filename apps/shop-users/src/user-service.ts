/** A user of the shop. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** What can be done with users; the seed's interface (S168). */
export interface UserService {
  getUser(id: string): Promise<User | undefined>;
  createUser(user: Omit<User, 'id'>): Promise<User>;
  updateUser(id: string, change: Partial<Omit<User, 'id'>>): Promise<User | undefined>;
  deleteUser(id: string): Promise<boolean>;
  listUsers(page: number, limit: number): Promise<{ users: readonly User[]; total: number }>;
}

const HOUR_MS = 3_600_000;

/** Users in a map that stands for a database, read through a cache that writes invalidate (S169, S170, A28). */
export function createUserService(seedCount = 1_000): UserService {
  const database = new Map<string, User>();
  const cache = new Map<string, { readonly user: User; readonly until: number }>();
  const store = (user: User) => {
    database.set(user.id, user);
    cache.delete(`user:${user.id}`);
    return user;
  };
  for (let n = 1; n <= seedCount; n++) store({ id: String(n), name: `User ${n}`, email: `user${n}@shop.example` });

  return {
    async getUser(id) {
      const cached = cache.get(`user:${id}`);
      if (cached && cached.until > performance.now()) return cached.user;
      const user = database.get(id);
      if (user) cache.set(`user:${id}`, { user, until: performance.now() + HOUR_MS });
      return user;
    },
    async createUser(user) {
      return store({ ...user, id: String(database.size + 1) });
    },
    async updateUser(id, change) {
      const user = database.get(id);
      return user && store({ ...user, ...change, id });
    },
    async deleteUser(id) {
      cache.delete(`user:${id}`);
      return database.delete(id);
    },
    async listUsers(page, limit) {
      const users = [...database.values()].slice((page - 1) * limit, page * limit);
      return { users, total: database.size };
    },
  };
}
