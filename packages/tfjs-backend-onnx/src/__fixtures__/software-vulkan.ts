// A software Vulkan driver, on which ONNX Runtime's WebGPU provider starts without a GPU.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const mesaDriver = '/usr/share/vulkan/icd.d/lvp_icd';

/** Driver manifests that Linux distributions install: Chromium's SwiftShader, Mesa's lavapipe. */
export const softwareVulkanManifests: readonly string[] = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  `${mesaDriver}.x86_64.json`,
  `${mesaDriver}.aarch64.json`,
  `${mesaDriver}.json`,
];

/**
 * Environment variables under which a new process finds the software driver, or undefined where none is installed. They must be
 * there when the process starts: the dynamic linker reads its search path only then.
 */
export function softwareVulkanEnvironment(): Record<string, string> | undefined {
  const manifest = softwareVulkanManifests.find((path) => existsSync(path));
  if (manifest === undefined) return undefined;
  const environment = { VK_ICD_FILENAMES: manifest, VK_DRIVER_FILES: manifest };
  const folder = dirname(manifest);
  if (!existsSync(join(folder, 'libvulkan.so.1'))) return environment; // Mesa's driver goes with the system's Vulkan loader
  const { LD_LIBRARY_PATH } = process.env;
  return { ...environment, LD_LIBRARY_PATH: LD_LIBRARY_PATH === undefined ? folder : `${folder}:${LD_LIBRARY_PATH}` };
}
