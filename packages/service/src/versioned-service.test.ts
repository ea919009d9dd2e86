import { describe, expect, it } from 'vitest';
import { VersionedService } from './versioned-service.js';

describe('VersionedService', () => {
  it('gives exactly the version that was asked for', () => {
    const versions = new VersionedService<string>();
    versions.addVersion('1.0.0', 'one');
    versions.addVersion('latest', 'newest');
    expect(versions.getHandler('1.0.0')).toBe('one');
  });

  it('falls back to latest for an unknown version and for none', () => {
    const versions = new VersionedService<string>();
    versions.addVersion('latest', 'newest');
    expect(versions.getHandler('7')).toBe('newest');
    expect(versions.getHandler('')).toBe('newest');
  });

  it('says so when there is neither', () => {
    const versions = new VersionedService<string>();
    versions.addVersion('1.0.0', 'one');
    expect(() => versions.getHandler('2.0.0')).toThrow(
      expect.objectContaining({ message: 'no handler found for version', code: 400 }),
    );
  });

  it('refuses a second handler for a version', () => {
    const versions = new VersionedService<string>();
    versions.addVersion('1.0.0', 'one');
    expect(() => versions.addVersion('1.0.0', 'again')).toThrow(expect.objectContaining({ code: 'WEFT_CONFLICT' }));
  });
});
