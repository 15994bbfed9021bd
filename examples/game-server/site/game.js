// Draws what the server says and sends it the keys. It computes nothing.

const RADIUS = 8
const arena = document.getElementById('arena')
const score = document.getElementById('score')
const pen = arena.getContext('2d')

function draw({ hunter, runner, caught, games }) {
  const { width } = arena
  const scale = width / (2 * RADIUS + 1)
  pen.setTransform(1, 0, 0, 1, 0, 0)
  pen.clearRect(0, 0, width, width)
  pen.setTransform(scale, 0, 0, -scale, width / 2, width / 2)
  pen.lineWidth = 0.08
  pen.strokeStyle = 'gray'
  pen.beginPath()
  pen.arc(0, 0, RADIUS, 0, 2 * Math.PI)
  pen.stroke()
  arrow(runner, 'seagreen', 0.35)
  arrow(hunter, 'crimson', 0.5)
  score.textContent = `The hunter (red) caught the runner (green) in ${caught} of ${games} games.`
  Object.assign(score.dataset, { caught, games, hunter: hunter.join() })
}

function arrow([x, y, heading], colour, size) {
  pen.fillStyle = colour
  pen.beginPath()
  for (const [turn, length] of [[0, 1.4], [2.5, 1], [-2.5, 1]]) pen.lineTo(x + size * length * Math.cos(heading + turn), y + size * length * Math.sin(heading + turn))
  pen.fill()
}

const steer = (to) => fetch(`/steer?to=${to}`, { method: 'POST' })
const keys = { ArrowLeft: 1, ArrowRight: -1 }
addEventListener('keydown', ({ key, repeat }) => { if (key in keys && !repeat) steer(keys[key]) })
addEventListener('keyup', ({ key }) => { if (key in keys) steer(0) })
for (const [id, to] of [['left', 1], ['right', -1]]) {
  document.getElementById(id).addEventListener('pointerdown', () => steer(to))
  document.getElementById(id).addEventListener('pointerup', () => steer(0))
}
new EventSource('/world').addEventListener('message', ({ data }) => draw(JSON.parse(data)))
