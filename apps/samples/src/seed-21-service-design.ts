import type { Logger } from '@weft/core';

/** A user as the service hands it out. */
export interface User {
  /** Unique. */
  readonly id: string;
  /** As written by the user. */
  readonly name: string;
}

/** What the service offers. */
export interface UserService {
  /** @throws Error when there is no such user */
  getUser(id: string): Promise<User>;
  /** Saves a new one. */
  createUser(user: User): Promise<void>;
  /** Replaces the one with that id. */
  updateUser(id: string, user: User): Promise<void>;
  /** Idempotent. */
  deleteUser(id: string): Promise<void>;
  /** One page, counted from 1, and how many users there are in all. */
  listUsers(page: number, limit: number): Promise<readonly [users: readonly User[], total: number]>;
}

interface UserTable {
  find(id: string): Promise<User>;
  save(user: User): Promise<void>;
  remove(id: string): Promise<void>;
  list(offset: number, limit: number): Promise<readonly [users: readonly User[], total: number]>;
}

interface UserCache {
  get(key: string): User | undefined;
  set(key: string, user: User, ttlMs: number): void;
  delete(key: string): void;
}

const HOUR_MS = 3_600_000;

/** Reads through the cache; what it writes, it forgets there, so that nobody reads the old user for an hour. */
export class CachedUserService implements UserService {
  constructor(
    private readonly db: UserTable,
    private readonly cache: UserCache,
    private readonly logger: Logger,
  ) {}

  async getUser(id: string): Promise<User> {
    const cacheKey = `user:${id}`;
    const cached = this.cache.get(cacheKey);
    if (cached) return cached;
    this.logger.debug('user is not in the cache', { id });
    const user = await this.db.find(id);
    this.cache.set(cacheKey, user, HOUR_MS);
    return user;
  }

  async createUser(user: User): Promise<void> {
    await this.db.save(user);
  }

  async updateUser(id: string, user: User): Promise<void> {
    await this.db.save({ ...user, id });
    this.cache.delete(`user:${id}`);
  }

  async deleteUser(id: string): Promise<void> {
    await this.db.remove(id);
    this.cache.delete(`user:${id}`);
  }

  listUsers(page: number, limit: number): Promise<readonly [users: readonly User[], total: number]> {
    return this.db.list((page - 1) * limit, limit);
  }
}
