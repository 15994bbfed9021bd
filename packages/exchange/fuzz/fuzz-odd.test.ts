import { attackHalf } from './attack.ts'

attackHalf(1)
