import {
  invalidOption,
  issuePath,
  nearestName,
  type Problem,
  type SchemaIssue,
  ServiceError,
  type StandardSchemaV1,
} from '@weft/core';

/** The schemas of a request: of any library that speaks Standard Schema, such as zod, valibot or arktype. */
export interface RequestSchemas<Body, Query, Params> {
  /** Of what `request.body` is. */
  readonly body?: StandardSchemaV1<unknown, Body> | undefined;
  /** Of what `request.query` is: texts, and lists of them. */
  readonly query?: StandardSchemaV1<unknown, Query> | undefined;
  /** Of the parts of the path: texts. */
  readonly params?: StandardSchemaV1<unknown, Params> | undefined;
}

/** What is validated. */
export interface ValidatedParts<Body = unknown, Query = unknown, Params = unknown> {
  /** As its schema gives it. */
  readonly body: Body;
  /** As its schema gives it. */
  readonly query: Query;
  /** As its schema gives it. */
  readonly params: Params;
}

/** Wraps one handler, whose request then has the types of the schemas; or goes into `service.use()` for all of a service. */
export type Validation<Body, Query, Params> = <Request extends ValidatedParts, Result>(
  next: (request: Request & ValidatedParts<Body, Query, Params>) => Result | Promise<Result>,
) => (request: Request) => Promise<Result>;

const PARTS = ['params', 'query', 'body'] as const;

/**
 * Lets a request through when its parts are as the schemas say, and puts what the schemas make of them, such as numbers
 * from texts, in their place. Otherwise a `ServiceError` 400 whose details are `[{ path: 'body.items[0].price', message }]`,
 * every one of them.
 * @throws WEFT_CONFIG_INVALID without a schema, for a part that is none, and for what is no schema: nothing would be checked
 */
export function validate<Body = unknown, Query = unknown, Params = unknown>(
  schemas: RequestSchemas<Body, Query, Params>,
): Validation<Body, Query, Params> {
  const checked = PARTS.filter((part) => schemas[part] !== undefined);
  assertSchemas(schemas, checked);
  return (next) => async (request) => {
    const problems: Problem[] = [];
    for (const part of checked) {
      const result = await schemas[part]?.['~standard'].validate(request[part]);
      if (result?.issues) problems.push(...result.issues.map((issue) => problemOf(part, issue)));
      else Object.defineProperty(request, part, { value: result?.value, configurable: true, enumerable: true, writable: true });
    }
    if (problems.length > 0) throw new ServiceError(400, 'The request is not valid', problems);
    return next(request as typeof request & ValidatedParts<Body, Query, Params>);
  };
}

function assertSchemas(schemas: object, checked: readonly string[]): void {
  for (const [part, schema] of Object.entries(schemas)) {
    const nearest = nearestName(part, PARTS);
    const hint = nearest ? ` Did you mean "${nearest}"?` : '';
    if (!PARTS.some((one) => one === part))
      throw invalidOption(`validate.${part}`, `unknown. Known: ${PARTS.join(', ')}.${hint}`);
    if (schema !== undefined && typeof schema?.['~standard']?.validate !== 'function')
      throw invalidOption(`validate.${part}`, 'expected a schema of a library that speaks Standard Schema');
  }
  if (checked.length === 0) throw invalidOption('validate', 'expected a schema of body, query or params');
}

function problemOf(part: string, issue: SchemaIssue): Problem {
  const path = issuePath(issue);
  const dot = path === '' || path.startsWith('[') ? '' : '.';
  return { path: `${part}${dot}${path}`, message: issue.message };
}
