import '../shared/localise';
import './formApp';
