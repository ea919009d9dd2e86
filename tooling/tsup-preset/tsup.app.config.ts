import { defineConfig } from 'tsup';

/** An app: its processes are its entries, and nothing of it is imported by others. */
export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  clean: true,
  dts: false,
});
