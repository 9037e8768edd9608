import jest from 'eslint-plugin-jest';
import tsdoc from 'eslint-plugin-tsdoc';
import tseslint from 'typescript-eslint';

// The order of the folders is the order of the imports: a folder may import from those before it.
const ORDER = [
  'core',
  'ffmpeg',
  'native',
  'video',
  'audio',
  'sync',
  'tracks',
  'room',
  'capture',
  'record',
  'worker',
  'pipeline',
  'processor',
];
// `server` stands on `core` alone.
const allowed = { server: ['core'] };
for (const [i, folder] of ORDER.entries()) allowed[folder] = ORDER.slice(0, i);
// Audio and video don't know each other.
allowed.audio = ['core', 'native'];
// The program ffmpeg is for devices and files.
for (const folder of ['native', 'video', 'audio', 'sync', 'tracks', 'room']) {
  allowed[folder] = allowed[folder].filter((other) => other !== 'ffmpeg');
}
const everything = [...ORDER, 'server', 'testing', 'cli'];

const importOrder = Object.entries(allowed).map(([folder, may]) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: everything
              .filter((other) => other !== folder && !may.includes(other))
              .map((other) => `../${other}/*`),
            message: `src/${folder} may import from: ${may.join(', ') || 'nothing of ours'}.`,
          },
          ...(folder === 'native'
            ? []
            : [
                {
                  group: ['@livekit/rtc-node', '@livekit/rtc-ffi-bindings', 'koffi'],
                  message: 'Only src/native knows the native binding.',
                },
              ]),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'coverage'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({
    ...config,
    files: ['src/**/*.ts', 'page/**/*.ts', 'test/**/*.ts', 'samples/**/*.ts'],
  })),
  {
    files: ['src/**/*.ts', 'page/**/*.ts', 'test/**/*.ts', 'samples/**/*.ts'],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './page/tsconfig.json'] },
    },
    plugins: { tsdoc },
    rules: {
      'tsdoc/syntax': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: true },
      ],
      // An overload marked internal is not in the published types.
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // Protocol numbers are passed on as they are: the enums that name them are loaded lazily.
    files: ['src/native/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-enum-assignment': 'off' },
  },
  ...importOrder,
  {
    files: ['test/**/*.ts'],
    ...jest.configs['flat/recommended'],
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/valid-expect': 'error',
      'jest/no-disabled-tests': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
