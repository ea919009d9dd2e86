import { validateHeaderName, validateHeaderValue } from 'node:http';
import { messageOf, type Problem } from '../errors.js';

/** What keeps headers from being sent over HTTP, each with the header's name as its path; values show in no message. */
export function headerProblems(headers: Readonly<Record<string, string>>): readonly Problem[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      return [];
    } catch (error) {
      return [{ path: name, message: messageOf(error) }];
    }
  });
}
