// Compiles the training kernel: `node tools/build-wasm.js` writes it, `--check` fails when the committed file
// is not what the source gives.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCE = fileURLToPath(new URL('../src/learn/trees/assembly/kernel.ts', import.meta.url));
const TARGET = fileURLToPath(new URL('../src/learn/trees/kernel.wasm', import.meta.url));

/** 65,536 pages are the 4 GB that 32-bit addresses reach; the caller's memory is as small as its data. */
const OPTIONS = [
  '-O3',
  '--noAssert',
  '--runtime=stub',
  '--enable=simd,threads',
  '--importMemory',
  '--sharedMemory',
  '--maximumMemory=65536',
  '--noExportMemory',
];

async function compile() {
  let binary;
  const { error, stderr } = await asc.main(['kernel.ts', '--outFile=kernel.wasm', ...OPTIONS], {
    readFile: async (name) => (name === 'kernel.ts' ? readFile(SOURCE, 'utf8') : null),
    writeFile: (name, content) => {
      if (name.endsWith('.wasm')) binary = content;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    const said = Buffer.from(stderr.toBuffer()).toString('utf8');
    throw new Error(`the kernel does not compile:\n${said}`);
  }
  return Buffer.from(binary);
}

const binary = await compile();
if (process.argv.includes('--check')) {
  const committed = await readFile(TARGET);
  if (!committed.equals(binary)) {
    process.stderr.write(
      'kernel.wasm is not what assembly/kernel.ts compiles to; run node tools/build-wasm.js\n',
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(TARGET, binary);
  process.stdout.write(`kernel.wasm: ${binary.length} bytes\n`);
}
