import { definePackage } from '../../tsup.base';

export default definePackage(['src/index.ts', 'src/browser/index.ts', 'src/hub/index.ts']);
