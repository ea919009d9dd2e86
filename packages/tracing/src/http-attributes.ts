/**
 * Names of attributes by which back ends know HTTP spans, server and client alike.
 *
 * Source: OpenTelemetry semantic conventions for HTTP spans, stable since 1.23. The package of that name is 9 MB.
 */
export const HTTP_ATTRIBUTES = {
  /** Method in upper case; `_OTHER` for one that is not known. */
  requestMethod: 'http.request.method',
  /** The method as it was, where the other says `_OTHER`. */
  requestMethodOriginal: 'http.request.method_original',
  /** Status of the answer, a number. */
  responseStatusCode: 'http.response.status_code',
  /** Template of the path, such as `/users/:id`; server spans only, and only when a route matched. */
  route: 'http.route',
  /** The whole address, required on client spans. Never the query: it may hold secrets. */
  urlFull: 'url.full',
  /** Path without the query; required on server spans. Never the query: it may hold secrets. */
  urlPath: 'url.path',
  /** `http` or `https`; required on server spans. */
  urlScheme: 'url.scheme',
  /** Host that is called, required on client spans; on server spans the name the client used. */
  serverAddress: 'server.address',
  /** Port that is called, required on client spans. */
  serverPort: 'server.port',
  /** Which try this is, counted from 1 for the first retry on; left out on the first try. */
  requestResendCount: 'http.request.resend_count',
  /** What kind of failure: the status of an answer that failed as text, a code such as `WEFT_UNAVAILABLE`, or an error's name. */
  errorType: 'error.type',
} as const;
