import { z } from 'zod';

/** Which network of this process to meet on, and what one answer may weigh. */
export interface MemoryTransportOptions {
  /** Two transports with the same address reach each other; `default` unless set. */
  readonly address?: string | undefined;
  readonly limits?:
    | {
        /** Largest answer that is read as a whole, in bytes; 10 MiB unless set. Streamed answers are not limited. */
        readonly responseBytes?: number | undefined;
      }
    | undefined;
}

declare global {
  interface WeftDrivers {
    'transport/memory': MemoryTransportOptions;
  }
}

/** Checks the options of a config file. */
export const memoryTransportOptions = z.strictObject({
  address: z.string().min(1).optional().describe('Two transports with the same one reach each other'),
  limits: z.strictObject({ responseBytes: z.int().positive().optional().describe('Largest answer, in bytes') }).optional(),
});
