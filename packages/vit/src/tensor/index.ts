// What networks of tfjs are made of, whether or not they are transformers: seeded variables and separable linear maps.

export { type AxisMap, axisMap, type Tap } from './axis-map';
export { constant, type InitialValues, normal, uniform, xavierUniform } from './initial-values';
export { namedVariable } from './named-variable';
export { type SeededVariableOptions, seededVariable } from './seeded-variable';
export { separableMap } from './separable-map';
