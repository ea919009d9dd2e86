import { type Service, type ServiceHandler, VersionedService, versionMiddleware } from '@weft/service';

/** Handlers by version: whoever asks for another one, or for none, gets `latest`. */
export function createUserVersions(): VersionedService<ServiceHandler> {
  const versions = new VersionedService<ServiceHandler>();
  versions.addVersion('1.0.0', ({ params }) => ({ id: params.id }));
  versions.addVersion('latest', ({ params }) => ({ id: params.id, links: { self: `/users/${params.id}` } }));
  return versions;
}

/** The middleware reads X-API-Version into `request.version`. */
export function serveVersions(service: Service, versions: VersionedService<ServiceHandler>): void {
  service.use(versionMiddleware);
  service.addHandler('GET /users/:id', (request) => versions.getHandler(request.version)(request));
}
