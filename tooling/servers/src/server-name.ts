/** The servers that tests, demos and `npm run servers` know. `etcd` is 3.4 or newer, `etcd35` is 3.5 or newer. */
export const serverNames = ['redis', 'etcd', 'etcd35', 'consul', 'prometheus', 'zipkin'] as const;

/** One of `serverNames`. */
export type ServerName = (typeof serverNames)[number];

/** Whether we know how to obtain and start a server of this name. */
export function isServerName(text: string): text is ServerName {
  return (serverNames as readonly string[]).includes(text);
}
