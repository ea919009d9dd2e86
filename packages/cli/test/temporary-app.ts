import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createService } from '@weft/host';

type Service = Awaited<ReturnType<typeof createService>>;

/** An app in a temporary folder that has the file drivers and the HTTP transport installed. */
export interface TemporaryApp {
  readonly folder: string;
  /** Writes a file and gives its path. */
  write(name: string, text: string): Promise<string>;
  /** A service that `prepare` has given its handlers, started and registered in the app's registry. */
  serve(description: { readonly name: string; readonly id: string }, prepare?: (service: Service) => void): Promise<Service>;
  /** Stops the services and removes the folder. */
  remove(): Promise<void>;
}

const require = createRequire(import.meta.url);
const INSTALLED = {
  '@weft/registry-file': require.resolve('@weft/registry-file/package.json'),
  '@weft/config-file': require.resolve('@weft/config-file/package.json'),
  '@weft/transport-http': require.resolve('@weft/transport-http/package.json'),
};

/** An app with a config that keeps registry and config center in its own folder. */
export async function temporaryApp(): Promise<TemporaryApp> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'weft-cli-')));
  const path = join(folder, '.weft');
  const services: Service[] = [];
  const write = async (name: string, text: string) => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };
  await mkdir(join(folder, 'node_modules', '@weft'), { recursive: true });
  for (const [name, manifest] of Object.entries(INSTALLED)) await symlink(dirname(manifest), join(folder, 'node_modules', name));
  await write('weft.config.json', JSON.stringify({ registry: { driver: 'file', path }, config: { driver: 'file', path } }));
  return {
    folder,
    write,
    async serve(description, prepare = () => {}) {
      const config = { ...description, version: '1.0.0', host: '127.0.0.1', port: 0, registry: { driver: 'file', path } };
      const service = await createService(config, { from: folder });
      prepare(service);
      await service.start();
      services.push(service);
      return service;
    },
    async remove() {
      for (const service of services) await service.stop({ immediate: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
