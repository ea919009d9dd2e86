import type { ServerName } from './server-name.js';

/** The servers that are one file for Java, which no Debian has. */
export type JarServer = 'zipkin';

/** Where the file of such a server comes from and how it is run. */
export interface JarSource {
  /** Its coordinates in Maven's words; the version is exactly this one. */
  readonly artifact: { readonly group: string; readonly name: string; readonly version: string; readonly classifier: string };
  /** The smallest major version of Java that runs it. */
  readonly leastJava: number;
  /** What Java is told before the file: a test needs a quick start and little memory, not many requests a second. */
  readonly javaArgs: readonly string[];
}

/** The sources of those servers. */
export const jarSources: Readonly<Record<JarServer, JarSource>> = {
  zipkin: {
    artifact: { group: 'io.zipkin', name: 'zipkin-server', version: '3.4.4', classifier: 'exec' },
    leastJava: 17,
    javaArgs: ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData'],
  },
};

/** Whether a server is one file for Java. */
export function isJarServer(name: ServerName): name is JarServer {
  return Object.hasOwn(jarSources, name);
}

/** Coordinates as Maven's plugins take them. */
export function coordinatesOf({ artifact: { group, name, version, classifier } }: JarSource): string {
  return [group, name, version, 'jar', classifier].join(':');
}

/** What the file is called, wherever it lies. */
export function jarFileOf({ artifact: { name, version, classifier } }: JarSource): string {
  return `${name}-${version}-${classifier}.jar`;
}
