import { defineConfig } from 'tsup';

/** JavaScript only: declarations come from tsc, because tsup's own need a TypeScript with a JavaScript API. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  clean: true,
  dts: false,
});
