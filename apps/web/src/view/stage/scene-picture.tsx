// Any scene of lines and dots, scaled to the stage.

import type { Scene, Shape } from '../../drawing/scene.ts'

/** SVG units across a scene: text-free, so only line widths depend on it. */
const WIDTH = 480

export function ScenePicture({ scene }: { readonly scene: Scene }) {
  const scale = WIDTH / (scene.right - scene.left)
  const place = ([x, y]: readonly [number, number]): string => `${((x - scene.left) * scale).toFixed(2)} ${((scene.top - y) * scale).toFixed(2)}`
  return (
    <svg className="scene" viewBox={`0 0 ${WIDTH} ${((scene.top - scene.bottom) * scale).toFixed(2)}`} role="img" aria-label={scene.label}>
      {scene.shapes.map((shape, index) => (
        <path key={index} className={`scene-${shape.kind} scene-${shape.role}`} d={pathOf(shape, place, scale)} />
      ))}
    </svg>
  )
}

function pathOf(shape: Shape, place: (point: readonly [number, number]) => string, scale: number): string {
  if (shape.kind === 'line') return `M${shape.points.map(place).join('L')}`
  const radius = (shape.radius * scale).toFixed(2)
  const across = (2 * shape.radius * scale).toFixed(2)
  return `M${place([shape.at[0] - shape.radius, shape.at[1]])}a${radius} ${radius} 0 1 1 ${across} 0a${radius} ${radius} 0 1 1 -${across} 0`
}
