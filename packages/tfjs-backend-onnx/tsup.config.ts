import { definePackage } from '../../tsup.base';

export default definePackage(['src/index.ts', 'src/register.ts', 'src/browser/index.ts', 'src/browser/register.ts']);
