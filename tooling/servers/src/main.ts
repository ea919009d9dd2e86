import { runCli } from './cli.js';

const output = { out: (line: string) => console.log(line), err: (line: string) => console.error(line) };

runCli(process.argv.slice(2), output).then((code) => {
  process.exitCode = code;
});
