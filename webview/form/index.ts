import './formApp';
