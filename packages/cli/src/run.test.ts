import { describe, expect, it } from 'vitest';
import { weft } from '../test/console.js';

describe('a command line', () => {
  it('gives help for everything, for a group and for one command', async () => {
    const [all, group, one] = [await weft(['--help']), await weft(['config', '-h']), await weft(['call', '--help'])];
    expect([all.code, group.code, one.code]).toEqual([0, 0, 0]);
    expect(all.stdout).toContain('call <service> <method> <path>');
    expect(all.stdout).toMatch(/Exit codes:\n {2}0 +as it should be/);
    expect(group.stdout).toContain('config set <key> <value>');
    expect(group.stdout).not.toContain('instances');
    expect(one.stdout).toContain('-H, --header <name:value>');
  });

  it('tells its version', async () => {
    expect((await weft(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['servces'], 'unknown command "servces"', 'Did you mean "services"?'],
    [['config', 'gt', 'x'], 'unknown command of config "gt"', 'Did you mean "get"?'],
    [['config'], 'which command of config?', 'get, set, list, watch'],
    [[], 'which command?', 'weft --help'],
    [['services', '--wach'], 'unknown option --wach', 'Did you mean "--watch"?'],
    [['services', '--data', '1'], 'services takes no option --data', '--watch'],
    [['services', '--path'], "'--path <value>' argument missing", ''],
    [['instances'], 'instances needs <service>', 'weft instances --help'],
    [['check', 'a', 'b'], 'further argument "b"', ''],
    [['services', '--path', 'x'], '--path needs --registry', ''],
    [['services', '--registry', 'file', '--config', 'x'], 'exclude each other', ''],
    [['services', '--timeout', 'soon'], '"soon" is not a duration', '30s'],
    [['services', '--watch', '--interval', '0'], '--interval: expected more than 0', ''],
  ])('refuses %j with exit code 2 and says what would be right', async (argv, what, right) => {
    const { code, stdout, stderr } = await weft(argv);
    expect(stderr).toContain(what);
    expect(stderr).toContain(right);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it.each([
    [['services', '--registry', 'redis://user:planted@localhost:6379']],
    [['serve', 'token=planted']],
    [['call', 'orders', 'GET', '/', '--registry', 'file', '--header', 'authorization=planted']],
  ])('shows no secret of %j in what it says of a failure (R80)', async (argv) => {
    const [told, json] = [await weft(argv), await weft([...argv, '--json'])];
    for (const said of [told.stderr, told.stdout, json.stdout]) expect(said).not.toContain('planted');
    expect(told.code).not.toBe(0);
  });

  it('tells a failure as JSON when JSON was asked for', async () => {
    const { code, stdout, stderr } = await weft(['servces', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'WEFT_INVALID_ARGUMENT', message: expect.stringContaining('unknown command "servces"') },
    });
    expect(stderr).toBe('');
  });
});
