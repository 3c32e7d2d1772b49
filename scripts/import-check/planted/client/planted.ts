// refused: client
import { API } from '../server/api/index.ts';

export const planted = API;
