import type { StandardSchemaV1 } from '@weft/core';

/** What the gateway takes live from the config center under `shop`. */
export interface ShopSettings {
  readonly banner: string;
  /** 0 to 100. */
  readonly discountPercent: number;
}

/** What is in force until somebody writes `shop`. */
export const defaultSettings: ShopSettings = { banner: 'Welcome', discountPercent: 0 };

/** Any Standard Schema would do, such as one of zod; this one is written by hand to show how little it is. */
export const shopSettings: StandardSchemaV1<unknown, ShopSettings> = {
  '~standard': {
    version: 1,
    vendor: 'shop',
    validate: (value) => {
      const { banner, discountPercent } = (value ?? {}) as Partial<ShopSettings>;
      if (typeof banner !== 'string') return { issues: [{ path: ['banner'], message: 'expected text' }] };
      if (typeof discountPercent !== 'number' || !(discountPercent >= 0 && discountPercent <= 100)) {
        return {
          issues: [{ path: ['discountPercent'], message: `expected 0 to 100, found ${JSON.stringify(discountPercent)}` }],
        };
      }
      return { value: { banner, discountPercent } };
    },
  },
};
