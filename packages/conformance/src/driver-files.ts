import { readFileSync } from 'node:fs';
import type { DriverTemplate, ScaffoldSlot } from './driver-template.js';

/** Of every driver: it stands on core, and below whatever loads it. */
const LAYER = 2;
const ZOD = '^4.6.7';

/** What the files of a new driver are made from. */
export interface DriverFilesOptions {
  /** What it fills. */
  readonly slot: ScaffoldSlot;
  /** The driver's word in a config. */
  readonly name: string;
  /** Name of its package. */
  readonly packageName: string;
  /** Whether it becomes a package of the workspace of Weft, with the tools and versions there. */
  readonly inWorkspace: boolean;
}

/** The files of a new driver, by their paths in its folder. */
export function driverFiles(template: DriverTemplate, options: DriverFilesOptions): ReadonlyMap<string, string> {
  const { slot, name, packageName, inWorkspace } = options;
  const named = (text: string) => {
    return text.replaceAll('{{package}}', packageName).replaceAll('Foo', pascalCase(name)).replaceAll('foo', name);
  };
  return new Map([
    ['package.json', `${JSON.stringify(manifest(named(template.description), options), null, 2)}\n`],
    ['tsconfig.json', TSCONFIG],
    ['README.md', named(readme(template, slot))],
    ['src/index.ts', named(template.index)],
    [`src/${name}-${slot}.ts`, named(template.mapping)],
    ['src/conformance.test.ts', named(conformanceTest(template, inWorkspace))],
  ]);
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2023",
    "module": "NodeNext",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true,
    "types": ["node"],
    "declaration": true,
    "rootDir": "src",
    "outDir": "dist"
  },
  "include": ["src"]
}
`;

function manifest(description: string, { slot, name, packageName, inWorkspace }: DriverFilesOptions): object {
  const version = inWorkspace ? 'workspace:^' : `^${ownVersion()}`;
  const compiler = inWorkspace ? {} : { '@types/node': '>=20', typescript: '>=5.9' };
  const scripts = inWorkspace ? { typecheck: 'tsc --noEmit' } : { test: 'tsc && node --test dist/conformance.test.js' };
  return {
    name: packageName,
    version: '0.1.0',
    description,
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    weft: { layer: LAYER, slot, driver: name },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
    main: './dist/index.js',
    types: './dist/index.d.ts',
    files: ['dist', '!dist/*.test.*'],
    publishConfig: { access: 'public' },
    scripts: { build: 'tsc', ...scripts },
    dependencies: { '@weft/core': version, zod: ZOD },
    devDependencies: { '@weft/conformance': version, ...compiler },
  };
}

/** All packages of Weft begin with the same version; a caret takes what came after. */
function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

function readme({ description, example, options }: DriverTemplate, slot: ScaffoldSlot): string {
  return `# {{package}}

${description}

\`pnpm add {{package}}\`

\`\`\`ts
${example}
\`\`\`

| Option | Default | |
| --- | --- | --- |
${options}

The default export is the driver \`foo\` of the slot \`${slot}\`.

What it passes of the suites of \`@weft/conformance\`, written by its own tests when they run with \`WEFT_CONFORMANCE=write\`:

<!-- conformance -->
<!-- /conformance -->
`;
}

function conformanceTest({ opens, suite, target }: DriverTemplate, inWorkspace: boolean): string {
  const runner = inWorkspace
    ? "import { afterAll as after, describe, it } from 'vitest';"
    : "import { after, describe, it } from 'node:test';";
  const weft = `import { ${['keepReport', suite].sort().join(', ')} } from '@weft/conformance';`;
  const imports = inWorkspace ? [weft, runner] : [runner, weft];
  return `${imports.join('\n')}
import { ${opens} } from './index.js';

const report = ${suite}(
  { describe, it },
  ${target},
);

after(() => keepReport([report], new URL('..', import.meta.url)));
`;
}

function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
