// A software Vulkan driver, on which ONNX Runtime's WebGPU provider starts without a GPU.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const lavapipe = '/usr/share/vulkan/icd.d/lvp_icd';

/** Driver manifests that Linux distributions install: Chromium's SwiftShader, Mesa's lavapipe. */
export const softwareVulkanManifests: readonly string[] = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  `${lavapipe}.x86_64.json`,
  `${lavapipe}.aarch64.json`,
  `${lavapipe}.json`,
];

/**
 * Environment variables under which a new process finds the software driver, or undefined where none is installed. They must be
 * there when the process starts: the dynamic linker reads its search path only then.
 */
export function softwareVulkanEnvironment(): Record<string, string> | undefined {
  const manifest = softwareVulkanManifests.find((path) => existsSync(path));
  if (manifest === undefined) return undefined;
  const folder = dirname(manifest);
  // Chromium brings its own Vulkan loader; for Mesa's driver the system has one.
  const loader = existsSync(join(folder, 'libvulkan.so.1'))
    ? { LD_LIBRARY_PATH: [folder, process.env.LD_LIBRARY_PATH].filter((path) => path !== undefined).join(':') }
    : {};
  return { VK_ICD_FILENAMES: manifest, VK_DRIVER_FILES: manifest, ...loader };
}
